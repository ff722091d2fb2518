// Each poll tells what came since the last one.
>> {"jsonrpc":"2.0","id":1,"method":"eth_newFilter","params":[{"topics":[null,"0x007c49fae8fb407e14e6cbadf5e07c0bc04222bf7d78d4205e60f8ec7cb79e52"]}]}
<< {"jsonrpc":"2.0","id":1,"result":"$ID"}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
## head 5
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[{"address":"0xcccccccccccccccccccccccccccccccccccccc02","topics":["0x64125a6adac57ebf2ab4423261b9d64125d4e19645bd43290c6427260fd8fdfd","0x007c49fae8fb407e14e6cbadf5e07c0bc04222bf7d78d4205e60f8ec7cb79e52"],"data":"0x000000000000000000000000000000000000000000000000000000000000002a","blockNumber":"0x3","transactionHash":"0xa4c54bbacd2f7320d886cbb85735d813828d6bed70703241a1148f1338487145","transactionIndex":"0x0","blockHash":"0x335c69ff8fc1f879ae13b68aa507973dfb42539f861e13922f0b1a4b74f2f379","blockTimestamp":"0x6553f103","logIndex":"0x0","removed":false},{"address":"0xcccccccccccccccccccccccccccccccccccccc02","topics":["0x64125a6adac57ebf2ab4423261b9d64125d4e19645bd43290c6427260fd8fdfd","0x007c49fae8fb407e14e6cbadf5e07c0bc04222bf7d78d4205e60f8ec7cb79e52"],"data":"0x000000000000000000000000000000000000000000000000000000000000002a","blockNumber":"0x5","transactionHash":"0xe7f8779da8547c5c9a61d8c136d6ac3b6266db0bf5c5b804f631c97e0cf0d1b9","transactionIndex":"0x0","blockHash":"0xf4c09a50d764aa8ec2792f332a09bce4fba315c6e18176b198a76f0526a28971","blockTimestamp":"0x6553f105","logIndex":"0x0","removed":false}]}
>> {"jsonrpc":"2.0","id":1,"method":"eth_getFilterChanges","params":["$ID"]}
<< {"jsonrpc":"2.0","id":1,"result":[]}
