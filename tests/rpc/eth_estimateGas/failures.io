// Out of gas names the allowance.
>> {"jsonrpc":"2.0","id":1,"method":"eth_estimateGas","params":[{"data":"0x04"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"gas required exceeds allowance (50000000)"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_estimateGas","params":[{"data":"0x04","gas":"0x5208"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"gas required exceeds allowance (21000)"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_estimateGas","params":[{"data":"0x05"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"insufficient funds for gas * price + value"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_estimateGas","params":[{},"0x9"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}
