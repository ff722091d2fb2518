// Identity, chain, listener and disk.
>> {"jsonrpc":"2.0","id":1,"method":"admin_nodeInfo","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":{"name":"MediChain/0.1.0/linux-amd64/c17","publicKey":"0xed00000000000000000000000000000000000000000000000000000000000000","validator":true,"chainId":"0x539","genesis":"0x0100000000000000000000000000000000000000000000000000000000000000","head":"0x2","peerHost":"127.0.0.1","peerPort":"0x765f","dataDir":"/var/lib/medichain","diskFreeBytes":"0x1000"}}
