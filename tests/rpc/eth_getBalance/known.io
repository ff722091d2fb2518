// At the newest block, a number, a tag, a hash and an EIP-1898 object.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01",{"blockHash":"0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"}]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01",null]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA01","pending"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x360000000000000000"}
