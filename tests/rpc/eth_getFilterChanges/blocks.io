// Hashes of new blocks.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newBlockFilter","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
## head 4
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":["0x335c69ff8fc1f879ae13b68aa507973dfb42539f861e13922f0b1a4b74f2f379","0x7981253d263681daee3e04fa2c9167f72b1686c14f374c1463e20b18121f6195"]}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
