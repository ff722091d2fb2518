// Text that is not JSON.
>> 
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: a value is missing, at byte 0"}}
>> {
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: a key in quotes is due, at byte 1"}}
>> nul
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: not a JSON value, at byte 0"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_chainId"}}
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: bytes after the value, at byte 47"}}
>> {"id":1,"id":2}
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: key \"id\" appears twice in one object, at byte 9"}}
>> {"a":""}
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: a control character in a string, at byte 6"}}
>> {'a':1}
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: a key in quotes is due, at byte 1"}}
>> [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: nested too deep, at byte 32"}}
>> {"jsonrpc":"2.0","id":18446744073709551616,"method":"eth_chainId"}
<< {"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: JSON: an integer is outside the 64-bit range, at byte 42"}}
