// A good and an unknown transaction have none.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRevertReason","params":["0xd5dc681f53f2d88ca138730a69e781d72b39c0d7c35a95c697713d232210282c"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRevertReason","params":["0x0000000000000000000000000000000000000000000000000000000000000001"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
