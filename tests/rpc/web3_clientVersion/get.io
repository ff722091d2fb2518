// Name, version, platform and language.
>> {"jsonrpc":"2.0","id":1,"method":"web3_clientVersion","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":"MediChain/0.1.0/linux-amd64/c17"}
