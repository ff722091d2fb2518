// Logs of blocks to come, at an address and from a later block on.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{}]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","topics":[null,"0x007c49fae8fb407e14e6cbadf5e07c0bc04222bf7d78d4205e60f8ec7cb79e52"],"fromBlock":"0x4","toBlock":"latest"}]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
