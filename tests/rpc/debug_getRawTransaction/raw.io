// The envelope.
>> {"jsonrpc":"2.0","id":1,"method":"debug_getRawTransaction","params":["0xd5dc681f53f2d88ca138730a69e781d72b39c0d7c35a95c697713d232210282c"]}
<< {"jsonrpc":"2.0","id":1,"result":"0xdeadbeef"}
