// Without an id there is no answer, not even to an error.
>> {"jsonrpc":"2.0","method":"eth_chainId"}
<<
>> {"jsonrpc":"2.0","method":"nope"}
<<
>> {"jsonrpc":"2.0","method":"eth_getBalance","params":[]}
<<
>> [{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","method":"nope"}]
<<
>> {"jsonrpc":"2.0","id":1,"method":"eth_chainId"}
<< {"jsonrpc":"2.0","id":1,"result":"0x539"}
