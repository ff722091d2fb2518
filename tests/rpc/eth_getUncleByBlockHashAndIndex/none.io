// There are no uncles.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getUncleByBlockHashAndIndex","params":["0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f","0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
