// The hash of what the pool took.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x02f870"]}
<< {"jsonrpc":"2.0","id":1,"result":"0xfc2941255cacc65912257c602112aa1a3514dc710d88280583306e474785cd33"}
