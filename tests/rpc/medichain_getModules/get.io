// Name, address, version and ABI.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getModules","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":[{"name":"Fake","address":"0xcccccccccccccccccccccccccccccccccccccc02","version":"0x1","abi":[{"type":"fallback"}]}]}
