// RLP of the receipts by number, tag and hash.
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawReceipts","params":["0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":["0xc180","0xc180"]}
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawReceipts","params":["latest"]}
<< {"jsonrpc":"2.0","id":1,"result":["0xc180"]}
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawReceipts","params":["0x06495993ad06c3a26efff34dcb281d198c7f3d04d0168ad8127f85f543cb070f"]}
<< {"jsonrpc":"2.0","id":1,"result":["0xc180","0xc180"]}
