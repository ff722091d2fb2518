// Out of gas, refused and broken; only the last may be tried again.
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x04"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"out of gas"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x05"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"insufficient funds for gas * price + value"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"data":"0x06"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"block 2: checksum does not match"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{},"0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
