# Commands of iptables, most of which fail, each as the real tool does: its words are compared by the tool oracle.
# Each part has a namespace of its own, which begins without rules.
ip netns add n1
ip netns exec n1 iptables -t nat -A PREROUTING --dport 80 --to-destination 192.168.15.2:80 -j DNAT #: expect status 2
ip netns exec n1 iptables -A FOO -j ACCEPT #: expect status 1
ip netns exec n1 iptables -A INPUT -j FOO #: expect status 2
ip netns exec n1 iptables -A INPUT -m foo -j ACCEPT #: expect status 2
ip netns exec n1 iptables -N A
ip netns exec n1 iptables -N A #: expect status 1
ip netns exec n1 iptables -P A DROP #: expect status 1
ip netns exec n1 iptables -P INPUT FOO #: expect status 1
ip netns exec n1 iptables -P FOO DROP #: expect status 1
ip netns exec n1 iptables -D INPUT 3 #: expect status 1
ip netns exec n1 iptables -D INPUT -j DROP #: expect status 1
ip netns exec n1 iptables -C INPUT -j DROP #: expect status 1
ip netns exec n1 iptables -I INPUT 5 -j DROP #: expect status 1
ip netns exec n1 iptables -R INPUT 5 -j DROP #: expect status 1
ip netns exec n1 iptables -X FOO #: expect status 1
ip netns exec n1 iptables -X INPUT #: expect status 1
ip netns exec n1 iptables -N INPUT #: expect status 1
ip netns exec n1 iptables -F FOO #: expect status 1
ip netns exec n1 iptables -L FOO #: expect status 1
ip netns exec n1 iptables -S FOO #: expect status 1
ip netns exec n1 iptables -Z FOO #: expect status 1
ip netns exec n1 iptables -E A B
ip netns exec n1 iptables -E A B #: expect status 1
ip netns exec n1 iptables -N A
ip netns exec n1 iptables -E A B #: expect status 1
ip netns exec n1 iptables -E INPUT B #: expect status 1
ip netns exec n1 iptables -A INPUT -j B
ip netns exec n1 iptables -X B #: expect status 4
ip netns exec n1 iptables -A INPUT -j DNAT --to-destination 1.2.3.4 #: expect status 4
ip netns exec n1 iptables -t nat -A POSTROUTING -j DNAT --to-destination 1.2.3.4 #: expect status 4
ip netns exec n1 iptables -t nat -A PREROUTING -j SNAT --to-source 1.2.3.4 #: expect status 4
ip netns exec n1 iptables -t nat -A PREROUTING -j MASQUERADE #: expect status 4
ip netns exec n1 iptables -A INPUT -j MASQUERADE #: expect status 4
ip netns exec n1 iptables -A INPUT -p tcp --dport 80 -i #: expect status 2
ip netns exec n1 iptables -t foo -L #: expect status 3
ip netns exec n1 iptables #: expect status 2
ip netns exec n1 iptables foo #: expect status 2
ip netns exec n1 iptables -L foo bar #: expect status 2
ip netns exec n1 iptables -A #: expect status 2
ip netns exec n1 iptables -A INPUT -s 1.2.3.4/33 -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -s foo.example -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -p foo -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -o eth0 -j DROP #: expect status 2
ip netns exec n1 iptables -A OUTPUT -i eth0 -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT --foo -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -j DROP extra #: expect status 2
ip netns exec n1 iptables -A INPUT -p tcp --dport 99999 -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -p tcp --dport foo -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -p tcp --dport 80:79 -j DROP #: expect status 2
ip netns exec n1 iptables -A INPUT -j DNAT #: expect status 2
ip netns exec n1 iptables -A INPUT --to-destination 1.2.3.4 -j DNAT #: expect status 2
ip netns exec n1 iptables -A INPUT -j REJECT --reject-with foo #: expect status 2
ip netns exec n1 iptables -A INPUT -j REJECT --reject-with tcp-reset #: expect status 4
ip netns exec n1 iptables -t nat -A PREROUTING -j REJECT #: expect status 4
ip netns exec n1 iptables -t nat -A PREROUTING -j DNAT --to-destination 1.2.3.4:80 #: expect status 2
ip netns exec n1 iptables -t nat -A PREROUTING -j DROP #: expect status 2
ip netns exec n1 iptables -t nat -L -n -v
ip netns exec n1 iptables -S
ip netns exec n1 iptables -L -n -v --line-numbers
ip netns add n2
ip netns exec n2 iptables -A INPUT -m mark --mark foo -j DROP #: expect status 2
ip netns exec n2 iptables -A INPUT -m mark --mark 1/foo -j DROP #: expect status 2
ip netns exec n2 iptables -A INPUT -m mark --mark 1/0xff
ip netns exec n2 iptables -A INPUT -m mark ! --mark 0x10x #: expect status 2
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --set-mark 5/7
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --or-mark 5
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --and-mark 5
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --xor-mark 5
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --set-mark 0x77
ip netns exec n2 iptables -t mangle -A INPUT -j MARK #: expect status 2
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --set-mark 1 --or-mark 2 #: expect status 2
ip netns exec n2 iptables -t mangle -A INPUT -j MARK --set-mark 1 --set-mark 2 #: expect status 2
ip netns exec n2 iptables -S
ip netns exec n2 iptables -t mangle -S
ip netns exec n2 iptables -t mangle -L
ip netns exec n2 iptables -t mangle -L -n -v -x
ip netns add n3
ip netns exec n3 iptables -P INPUT DROP
ip netns exec n3 iptables -P INPUT ACCEPT
ip netns exec n3 iptables -A OUTPUT
ip netns exec n3 iptables -L -v
ip netns exec n3 iptables -Z
ip netns exec n3 iptables -L -v -n
ip netns exec n3 iptables -N A
ip netns exec n3 iptables -A A -j A
ip netns exec n3 iptables -A INPUT -j A #: expect status 4
ip netns exec n3 iptables -A A -j INPUT #: expect status 4
ip netns exec n3 iptables -A A -j FORWARD #: expect status 4
ip netns exec n3 iptables -N B
ip netns exec n3 iptables -A A -j B
ip netns exec n3 iptables -A B -j A
ip netns exec n3 iptables -X A #: expect status 4
ip netns exec n3 iptables -X B #: expect status 4
ip netns exec n3 iptables -X #: expect status 4
ip netns exec n3 iptables -X INPUT
ip netns exec n3 iptables -X OUTPUT #: expect status 4
ip netns exec n3 iptables -E INPUT C #: expect status 1
ip netns exec n3 iptables -E A AA
ip netns exec n3 iptables -S
ip netns exec n3 iptables -E AA INPUT #: expect status 1
ip netns exec n3 iptables -t nat -N D
ip netns exec n3 iptables -t nat -A D -j DNAT --to-destination 1.2.3.4
ip netns exec n3 iptables -t nat -A POSTROUTING -j D #: expect status 4
ip netns exec n3 iptables -t nat -A PREROUTING -j D
ip netns exec n3 iptables -t nat -A D -j SNAT --to-source 1.2.3.4 #: expect status 4
ip netns exec n3 iptables -t mangle -A PREROUTING -j REJECT #: expect status 4
ip netns exec n3 iptables -t mangle -N E
ip netns exec n3 iptables -t mangle -A E -j REJECT #: expect status 4
ip netns exec n3 iptables -A AA -m icmp --icmp-type 8 #: expect status 4
ip netns exec n3 iptables -A AA -m tcp --dport 80 #: expect status 2
ip netns exec n3 iptables -A AA -j NOTRACK #: expect status 4
ip netns exec n3 iptables -A AA -p tcp -j REJECT --reject-with tcp-rst
ip netns exec n3 iptables -D INPUT 7 #: expect status 1
ip netns exec n3 iptables -R INPUT 7 -j ACCEPT #: expect status 1
ip netns exec n3 iptables -D INPUT -j DROP #: expect status 1
ip netns exec n3 iptables -I INPUT 2 -j ACCEPT #: expect status 1
ip netns exec n3 iptables -I INPUT 4 -j ACCEPT #: expect status 1
ip netns exec n3 iptables -v -A INPUT -p tcp --dport 80 -j ACCEPT
ip netns exec n3 iptables -v -D INPUT -p tcp --dport 80 -j ACCEPT
ip netns exec n3 iptables -v -F
ip netns exec n3 iptables -v -X
ip netns exec n3 iptables -v -Z
ip netns exec n3 iptables -S
ip netns add n4
ip netns exec n4 iptables -A FORWARD -i eth0 -o eth1+ -s 10.0.0.0/8 -d 192.168.1.7 -p tcp -m tcp --dport 22:23 --sport 1024: -m conntrack --ctstate NEW,ESTABLISHED,RELATED -m comment --comment "hello world" -j ACCEPT
ip netns exec n4 iptables -A FORWARD ! -i eth0 ! -s 10.1.2.3/20 ! -p udp -j DROP
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type echo-request -m limit --limit 5/min --limit-burst 7 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type 3/4 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type any -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p icmp ! --icmp-type ping -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type dest -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type network -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type nonsense -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p icmp --icmp-type 300 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p tcp --syn -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p tcp ! --syn -m state --state NEW -j DROP
ip netns exec n4 iptables -A FORWARD -p tcp --tcp-flags ALL SYN,ACK -j DROP
ip netns exec n4 iptables -A FORWARD -p tcp --tcp-flags ALL NONE -j DROP
ip netns exec n4 iptables -A FORWARD -p tcp -m multiport --dports 80,443,8000:8010 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p udp -m multiport ! --sports domain,123 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -m multiport --dports 80 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p icmp -m multiport --dports 80 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p tcp -m multiport --dports 5:3 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p tcp -m multiport -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m addrtype --dst-type LOCAL ! --src-type multicast -j ACCEPT
ip netns exec n4 iptables -A FORWARD -m addrtype -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m addrtype --dst-type FOO -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m mark ! --mark 0x10/0xf0 -j RETURN
ip netns exec n4 iptables -A FORWARD -m limit -j RETURN
ip netns exec n4 iptables -A FORWARD -m limit --limit 10 -j RETURN
ip netns exec n4 iptables -A FORWARD -m limit --limit 7/day -j RETURN
ip netns exec n4 iptables -A FORWARD -m limit --limit 100000/second -j RETURN #: expect status 2
ip netns exec n4 iptables -A FORWARD -m limit --limit foo -j RETURN #: expect status 2
ip netns exec n4 iptables -A FORWARD -m limit --limit 3/fortnight -j RETURN #: expect status 2
ip netns exec n4 iptables -A FORWARD -m limit --limit 3/hour --limit-burst 100000 -j RETURN #: expect status 2
ip netns exec n4 iptables -A FORWARD -m conntrack --ctstate DNAT -j ACCEPT
ip netns exec n4 iptables -A FORWARD -m conntrack -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m conntrack --ctstate FOO -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m conntrack --ctstate NEW,FOO -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m conntrack --ctstate NEW, -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m state -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -m state --state FOO -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -p 47 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p 200 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p all -s localhost -j ACCEPT
ip netns exec n4 iptables -A FORWARD -s 10.0.0.1,10.0.0.2 -d 1.1.1.1,2.2.2.2 -j ACCEPT
ip netns exec n4 iptables -A FORWARD ! -s 10.0.0.1,10.0.0.2 -j ACCEPT #: expect status 2
ip netns exec n4 iptables -A FORWARD -s 10.1 -d any/0 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -s 10.1.2.3/255.255.0.255 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -m comment --comment "it's"
ip netns exec n4 iptables -A FORWARD -m comment --comment plain_word
ip netns exec n4 iptables -A FORWARD -p udp --dport 53 -j REJECT
ip netns exec n4 iptables -A FORWARD -p tcp --dport http -j REJECT --reject-with tcp-reset
ip netns exec n4 iptables -A FORWARD -j REJECT --reject-with icmp-admin-prohibited
ip netns exec n4 iptables -A FORWARD -j REJECT --reject-with host
ip netns exec n4 iptables -A FORWARD -p tcp --dport 0:1023 -j REJECT --reject-with icmp-net
ip netns exec n4 iptables -A FORWARD -p tcp --dport 0:65535 -j ACCEPT
ip netns exec n4 iptables -A FORWARD -p tcp ! --dport 5: -j ACCEPT
ip netns exec n4 iptables -S
ip netns exec n4 iptables -L
ip netns exec n4 iptables -L -n
ip netns exec n4 iptables -L -v -n --line-numbers
ip netns exec n4 iptables -S FORWARD 3
ip netns exec n4 iptables -L FORWARD 4 -n
ip netns exec n4 iptables -L FORWARD 400 -n
ip netns exec n4 iptables -S -v
ip netns exec n4 iptables -D FORWARD -p icmp --icmp-type 8 -m limit --limit 5/m --limit-burst 7 -j ACCEPT
ip netns exec n4 iptables -D FORWARD -s 10.0.0.1,10.0.0.2 -d 1.1.1.1,2.2.2.2 -j ACCEPT
ip netns exec n4 iptables -C FORWARD -p tcp --syn -j ACCEPT
ip netns exec n4 iptables -C FORWARD -p tcp --tcp-flags SYN,RST,ACK,FIN SYN -j ACCEPT
ip netns exec n4 iptables -R FORWARD 1 -j DROP
ip netns exec n4 iptables -R FORWARD 1 -s 1.1.1.1,2.2.2.2 -j DROP #: expect status 2
ip netns exec n4 iptables -I FORWARD -s 5.5.5.5 -j DROP
ip netns exec n4 iptables -I FORWARD 3 -s 5.5.5.6,5.5.5.7 -j DROP
ip netns exec n4 iptables -D FORWARD 1
ip netns exec n4 iptables -D FORWARD 100 #: expect status 1
ip netns exec n4 iptables -R FORWARD 100 -j DROP #: expect status 1
ip netns exec n4 iptables -S
ip netns exec n4 iptables -F
ip netns exec n4 iptables -S
ip netns add n5
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to 192.168.15.2-192.168.15.9:80-90 --random --persistent
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination :8080
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3:8080 #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:90-80 #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:90:80 #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:http
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:foo #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4 --to-destination 1.2.3.5 #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp -j DNAT ! --to-destination 1.2.3.4 #: expect status 2
ip netns exec n5 iptables -t nat -A PREROUTING -j REDIRECT
ip netns exec n5 iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
ip netns exec n5 iptables -t nat -A OUTPUT -p udp -j REDIRECT --to-ports 8080-8090 --random
ip netns exec n5 iptables -t nat -A POSTROUTING -s 192.168.0.0/16 -o eth0 -j MASQUERADE
ip netns exec n5 iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1024-2000 --random-fully
ip netns exec n5 iptables -t nat -A POSTROUTING -j MASQUERADE --to-ports 1024-2000 #: expect status 2
ip netns exec n5 iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -j SNAT --to-source 1.1.1.1-1.1.1.5
ip netns exec n5 iptables -t nat -A INPUT -j SNAT --to-source 1.1.1.1
ip netns exec n5 iptables -t nat -A POSTROUTING -j ACCEPT
ip netns exec n5 iptables -t nat -P POSTROUTING DROP #: expect status 2
ip netns exec n5 iptables -t nat -S
ip netns exec n5 iptables -t nat -L
ip netns exec n5 iptables -t nat -L -n -v
ip netns exec n5 iptables -t nat -L POSTROUTING -n --line-numbers
ip netns exec n5 iptables -t raw -A PREROUTING -j NOTRACK
ip netns exec n5 iptables -t raw -A OUTPUT -j CT --notrack
ip netns exec n5 iptables -t raw -S
ip netns exec n5 iptables -t raw -L
ip netns exec n5 iptables -t nat -F POSTROUTING
ip netns exec n5 iptables -t nat -X POSTROUTING
ip netns exec n5 iptables -t nat -X
ip netns exec n5 iptables -t nat -S
ip netns exec n5 iptables -N "a b" #: expect status 2
ip netns exec n5 iptables -N ACCEPT #: expect status 2
ip netns exec n5 iptables -N -x #: expect status 2
ip netns exec n5 iptables -N aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa #: expect status 2
ip netns exec n5 iptables -A aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -j ACCEPT #: expect status 2
ip netns exec n5 iptables -A INPUT -j aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa #: expect status 2
ip netns exec n5 iptables -A INPUT -j "" #: expect status 2
ip netns exec n5 iptables -A INPUT -A OUTPUT #: expect status 2
ip netns exec n5 iptables -A INPUT -j DROP -j ACCEPT #: expect status 2
ip netns exec n5 iptables -A INPUT -n -j DROP #: expect status 2
ip netns exec n5 iptables -L -j DROP #: expect status 2
ip netns exec n5 iptables -F -s 1.1.1.1 #: expect status 2
ip netns exec n5 iptables -R INPUT -j DROP #: expect status 2
ip netns exec n5 iptables -P INPUT #: expect status 2
ip netns exec n5 iptables -E INPUT #: expect status 2
ip netns exec n5 iptables -A INPUT ! -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT ! ! -s 1.1.1.1 #: expect status 2
ip netns exec n5 iptables -A INPUT -j DROP ! #: expect status 2
ip netns exec n5 iptables -A INPUT -i verylonginterfacename -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT -i "" -j DROP #: expect status 2
ip netns exec n5 iptables --append INPUT --source 1.1.1.1 --jump DROP --proto tcp
ip netns exec n5 iptables --list-rules
ip netns exec n5 iptables --app INPUT --sou 1.1.1.2 --ju DROP
ip netns exec n5 iptables --l #: expect status 2
ip netns exec n5 iptables -V
ip netns exec n5 iptables -w -A INPUT -j ACCEPT
ip netns exec n5 iptables -w 5 -A INPUT -j ACCEPT
ip netns exec n5 iptables -nvL
ip netns exec n5 iptables -nL INPUT
ip netns exec n5 iptables -6 -L #: expect status 2
ip netns exec n5 iptables -A INPUT -p tcp --dport #: expect status 2
ip netns exec n5 iptables -A INPUT -g A #: expect status 2
ip netns exec n5 iptables -N G
ip netns exec n5 iptables -A INPUT -g G
ip netns exec n5 iptables -A INPUT -i + -j ACCEPT
ip netns exec n5 iptables -S
ip netns exec n5 iptables -L -v
ip netns exec n5 iptables -A INPUT -p !tcp -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT -p ! tcp -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT -s ! 1.1.1.1 -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT -p tcp --dport ! 80 -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT --dport 80 -p tcp -j DROP #: expect status 2
ip netns exec n5 iptables -A INPUT -m tcp --dport 80 -p tcp -j DROP
ip netns exec n5 iptables -A INPUT -p 6 --dport 80 -j DROP
ip netns exec n5 iptables -A INPUT --ctstate NEW -j ACCEPT #: expect status 2
ip netns exec n5 iptables -A INPUT -m conntrack --ctstate=NEW -j ACCEPT
ip netns exec n5 iptables -I INPUT 0 -j ACCEPT #: expect status 2
ip netns exec n5 iptables -D INPUT 0 #: expect status 2
ip netns exec n5 iptables -Q #: expect status 2
ip netns exec n5 iptables -A INPUT -Q #: expect status 2
ip netns exec n5 iptables -nQ #: expect status 2
ip netns exec n5 iptables -L -Z
ip netns exec n5 iptables -L INPUT -Z -v
ip netns exec n5 iptables -S INPUT
ip netns exec n5 iptables -Z INPUT 1
ip netns exec n5 iptables -Z INPUT 100
ip netns exec n5 iptables -L FORWARD
ip netns exec n5 iptables -P FORWARD DROP
ip netns exec n5 iptables -X FORWARD #: expect status 1
ip netns exec n5 iptables -X #: expect status 4
ip netns exec n5 iptables -L FORWARD
ip netns exec n5 iptables -P FORWARD - #: expect status 2
ip netns exec n5 iptables -F FORWARD
