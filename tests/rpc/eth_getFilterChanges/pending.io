// What was in the pool before is not told.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newPendingTransactionFilter","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
