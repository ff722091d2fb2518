// A failing call is told in the answer.
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","data":"0x02"}]}
<< {"jsonrpc":"2.0","id":1,"result":{"accessList":[],"error":"execution reverted: not allowed","gasUsed":"0x53d8"}}
>> {"jsonrpc":"2.0","id":1,"method":"eth_createAccessList","params":[{"to":"0xcccccccccccccccccccccccccccccccccccccc02","data":"0x03"}]}
<< {"jsonrpc":"2.0","id":1,"result":{"accessList":[],"error":"execution reverted","gasUsed":"0x53d8"}}
