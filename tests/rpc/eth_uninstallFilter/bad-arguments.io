// An id is text.
>> {"jsonrpc":"2.0","id":1,"method":"eth_uninstallFilter","params":[7]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"invalid argument 0: want a filter id"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_uninstallFilter","params":[]}
<< {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 0"}}
