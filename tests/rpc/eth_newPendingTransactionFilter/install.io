// Hashes of pool arrivals to come; the flag for whole transactions is let through.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newPendingTransactionFilter","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_newPendingTransactionFilter","params":[false]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
