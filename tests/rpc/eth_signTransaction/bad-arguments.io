// Without sender, with a stranger's, or failing.
>> {"jsonrpc":"2.0","id":1,"method":"eth_signTransaction","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: from: is missing"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_signTransaction","params":[{"from":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"unknown account"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_signTransaction","params":[{"from":"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826","data":"0x02"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted: not allowed","data":"0x08c379a00000000000000000000000000000000000000000000000000000000000000020000000000000000000000000000000000000000000000000000000000000000b6e6f7420616c6c6f776564000000000000000000000000000000000000000000"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_signTransaction","params":[{"from":"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826","type":"0x3"}]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: transaction type not supported"}}
