# Commands that fail, each as the real tool does: its words are compared by the tool oracle.
ip netns add red
ip netns add red #: expect status 1, output "File exists"
ip netns del none #: expect status 1
ip -n none link #: expect status 255
ip netns exec none true #: expect status 255
ip netns exec red #: expect status 1
ip link add v0 type veth peer name v1
ip link add br0 type bridge
ip link add v0 type bridge #: expect status 2
ip link add v2 type veth peer name v0 #: expect status 2
ip link add b type bridge #: expect status 1
ip link add name a-name-far-too-long type bridge #: expect status 255
ip link add a-name-far-too-long type bridge #: expect status 2
ip link set none up #: expect status 1
ip link set v0 master none #: expect status 255
ip link set v0 netns none #: expect status 255
ip link set v0 mtu 10 #: expect status 2
ip link set v0 mtu 70000 #: expect status 2
ip link set v0 address 01:00:00:00:00:01 #: expect status 2
ip link set v0 name br0 #: expect status 2
ip link set v0 frobnicate #: expect status 255
ip link set v1 type bridge_slave learning off #: expect status 2
ip link del lo #: expect status 2
ip link del none #: expect status 1
ip link show none #: expect status 1
ip link set v0 master br0
ip link set v0 type bridge_slave learning maybe #: expect status 1
ip addr add 10.0.0.1/24 dev none #: expect status 1
ip addr add 10.0.0.1 dev v1
ip addr add 10.0.0.1 dev v1 #: expect status 2
ip addr del 10.0.0.1 dev v1
ip addr del 10.0.0.1 dev v1 #: expect status 2
ip addr del 10.0.0.1/24 dev v1 #: expect status 2
ip addr flush dev none #: expect status 1
ip addr show none #: expect status 1
ip route add 1.2.3.4 #: expect status 2
ip route add 1.2.3.4 via 10.0.0.1 #: expect status 2
ip route add 1.2.3.4/24 via 10.0.0.1 #: expect status 2
ip route add 1.2.3.4 dev none #: expect status 1
ip route add 10.9.0.0/16 dev v1 #: expect status 2
ip route del default #: expect status 2
ip route show dev none #: expect status 1
ip route get 1.2.3.4 #: expect status 2
ip route add blackhole 10.9.0.0/16
ip route add blackhole 10.9.0.0/16 #: expect status 2
ip route get 10.9.0.1 #: expect status 2
ip neigh add 10.0.0.4 dev none #: expect status 1
ip neigh add 10.0.0.4 dev v1 #: expect status 2
ip neigh add 10.0.0.4 dev v1 lladdr 0:1:2:3:4:5 #: expect status 2, output "File exists"
ip neigh add 10.0.0.6 dev v1 lladdr 0:1:2:3:4:5
ip neigh add 10.0.0.6 dev v1 lladdr 0:1:2:3:4:5 #: expect status 2
ip neigh del 10.0.0.5 dev v1 #: expect status 2
ip neigh change 10.0.0.5 dev v1 lladdr 0:1:2:3:4:5 #: expect status 2
bridge link set dev none learning off #: expect status 255
bridge link set dev v1 learning off #: expect status 255
bridge fdb add 0:1:2:3:4:5 dev none #: expect status 255
bridge fdb add 0:1:2:3:4:5 dev v1 master #: expect status 255
bridge fdb add 0:1:2:3:4:5 dev v0 master
bridge fdb add 0:1:2:3:4:5 dev v0 master #: expect status 255
bridge fdb del 0:1:2:3:4:9 dev v0 master #: expect status 255
bridge fdb flush dev none #: expect status 255
bridge fdb flush dev br0 brport none #: expect status 255
arp -i v1 -d 10.0.0.7 #: expect status 255
arp -i none -s 10.0.0.7 00:11:22:33:44:55 #: expect status 255
sysctl net.ipv4.conf.none.rp_filter #: expect status 1
sysctl -e net.ipv4.conf.none.rp_filter
sysctl -w net.ipv4.ip_default_ttl=0 #: expect status 1
sysctl -w net.ipv4.ip_forward=yes #: expect status 1
cat /proc/sys/net/ipv4/conf/none/rp_filter #: expect status 1
echo 1 > /proc/sys/net/ipv4/conf/none/rp_filter #: expect status 1
echo yes > /proc/sys/net/ipv4/ip_forward #: expect status 1
