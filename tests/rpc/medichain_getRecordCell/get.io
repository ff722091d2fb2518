// A record with its bytes, an integer, and index data, which has no word of its own.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":{"kind":"record","value":"0x9107","word":"0x115757638608f9062436020fda7a0b69ff8013b629c5ad3d3459cf143436db16"}}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x2","latest"]}
<< {"jsonrpc":"2.0","id":1,"result":{"kind":"integer","value":"0x02","word":"0x0000000000000000000000000000000000000000000000000000000000000002"}}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x3","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":{"kind":"index","value":"0x05","word":"0x0000000000000000000000000000000000000000000000000000000000000000"}}
// Nothing there is null.
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xcccccccccccccccccccccccccccccccccccccc02","0x0"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
>> {"jsonrpc":"2.0","id":1,"method":"medichain_getRecordCell","params":["0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01","0x1"]}
<< {"jsonrpc":"2.0","id":1,"result":null}
