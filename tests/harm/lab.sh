# A little of everything, as fast as it goes: namespaces, a cable, a bridge, rules, sysctls, programs of each kind.
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link add br0 type bridge
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip netns exec b iptables -A INPUT -p udp -j DROP
ip netns exec a sysctl net.ipv4.ip_forward=1
ip netns exec a unshare --pid --fork --mount-proc python3 -m http.server 80 >/dev/null 2>&1 &
sleep 0.1
ip netns exec a ping -c 1 10.0.0.2
ip netns exec b curl -s -o /dev/null http://10.0.0.1/
ip netns exec a ps >/dev/null
ip -n a neigh
ip netns exec b iptables -L -n -v
kill %1
wait
