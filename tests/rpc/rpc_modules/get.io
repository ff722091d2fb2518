// Every namespace that has a method here.
>> {"jsonrpc":"2.0","id":1,"method":"rpc_modules","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":{"admin":"1.0","debug":"1.0","eth":"1.0","medichain":"1.0","net":"1.0","pbft":"1.0","personal":"1.0","rpc":"1.0","txpool":"1.0","web3":"1.0"}}
