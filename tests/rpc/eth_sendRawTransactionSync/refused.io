// As eth_sendRawTransaction.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransactionSync","params":["0xff01"]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"nonce too low: next nonce 3, tx nonce 1"}}
