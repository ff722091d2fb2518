// The account must be ours.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sign","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","0x68656c6c6f"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"unknown account"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_sign","params":["0x68656c6c6f","0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: hex string has length 10, want 40 for address"}}
