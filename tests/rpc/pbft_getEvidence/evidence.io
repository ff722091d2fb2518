// Contradicting votes, the oldest first.
>> {"jsonrpc":"2.0","id":1,"method":"pbft_getEvidence","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":[{"height":"0x2"}]}
