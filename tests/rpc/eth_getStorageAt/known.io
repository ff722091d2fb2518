// The slot as a quantity, with leading zeros or whole.
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x7"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0000000000000000000000000000000000000000000000000000000000000007"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x07","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0000000000000000000000000000000000000000000000000000000000000007"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x0000000000000000000000000000000000000000000000000000000000000001","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0000000000000000000000000000000000000000000000000000000000000001"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getStorageAt","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x0000000000000000000000000000000000000000000000000000000000000000"}
