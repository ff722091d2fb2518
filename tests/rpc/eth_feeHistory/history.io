// As quantity or number; rewards when percentiles are asked for; never beyond block 0.
>> {"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":["0x1","latest",[50]]}
<< {"jsonrpc":"2.0","id":1,"result":{"oldestBlock":"0x2","reward":[["0x0"]],"baseFeePerGas":["0x0","0x0"],"gasUsedRatio":[0.0005]}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":[2,"latest",[0,25.5,100]]}
<< {"jsonrpc":"2.0","id":1,"result":{"oldestBlock":"0x1","reward":[["0x0","0x0","0x0"],["0x0","0x0","0x0"]],"baseFeePerGas":["0x0","0x0","0x0"],"gasUsedRatio":[0.001,0.0005]}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":["0x400","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":{"oldestBlock":"0x0","baseFeePerGas":["0x0","0x0","0x0"],"gasUsedRatio":[0,0.001]}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":["0x2","latest",[]]}
<< {"jsonrpc":"2.0","id":1,"result":{"oldestBlock":"0x1","baseFeePerGas":["0x0","0x0","0x0"],"gasUsedRatio":[0.001,0.0005]}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_feeHistory","params":["0x0","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":{"oldestBlock":"0x0","gasUsedRatio":[]}}
