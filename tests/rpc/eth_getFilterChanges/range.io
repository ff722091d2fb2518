// A filter tells nothing before its first and after its last block.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{"fromBlock":"0x4","toBlock":"0x5"}]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
## head 3
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
## head 9
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","topics":["0x64125a6adac57ebf2ab4423261b9d64125d4e19645bd43290c6427260fd8fdfd","0x10d973bc9615a1979d9fe4b098f00f9481fe9f79019e982f05ff31fc5de26643"],"data":"0x000000000000000000000000000000000000000000000000000000000000002a","blockNumber":"0x4","transactionHash":"0x201dd274948df4df5ee8f72f131e61ac8de76eae3e443bd9dd95384d4ec5da9d","transactionIndex":"0x0","blockHash":"0x7981253d263681daee3e04fa2c9167f72b1686c14f374c1463e20b18121f6195","blockTimestamp":"0x6553f104","logIndex":"0x0","removed":false},{"address":"0xcccccccccccccccccccccccccccccccccccccc02","topics":["0x64125a6adac57ebf2ab4423261b9d64125d4e19645bd43290c6427260fd8fdfd","0x007c49fae8fb407e14e6cbadf5e07c0bc04222bf7d78d4205e60f8ec7cb79e52"],"data":"0x000000000000000000000000000000000000000000000000000000000000002a","blockNumber":"0x5","transactionHash":"0xe7f8779da8547c5c9a61d8c136d6ac3b6266db0bf5c5b804f631c97e0cf0d1b9","transactionIndex":"0x0","blockHash":"0xf4c09a50d764aa8ec2792f332a09bce4fba315c6e18176b198a76f0526a28971","blockTimestamp":"0x6553f105","logIndex":"0x0","removed":false}]}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
