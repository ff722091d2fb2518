// The unlocked account of a devnet.
>> {"jsonrpc":"2.0","id":1,"method":"eth_accounts","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":["0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826"]}
