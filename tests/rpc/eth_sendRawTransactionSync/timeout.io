// EIP-7966: code 4 with the hash when no block had it in time.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0x02f870"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":4,"message":"the transaction was added to the pool but was not processed within 20000 ms","data":"0xfc2941255cacc65912257c602112aa1a3514dc710d88280583306e474785cd33"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0x02f870",5000]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":4,"message":"the transaction was added to the pool but was not processed within 5000 ms","data":"0xfc2941255cacc65912257c602112aa1a3514dc710d88280583306e474785cd33"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0x02f870","0x1f4"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":4,"message":"the transaction was added to the pool but was not processed within 500 ms","data":"0xfc2941255cacc65912257c602112aa1a3514dc710d88280583306e474785cd33"}}
