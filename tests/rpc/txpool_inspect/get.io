// The same in words.
>> {"jsonrpc":"2.0","id":1,"method":"txpool_inspect","params":[]}
<< {"jsonrpc":"2.0","id":1,"result":{"pending":{"0xaaaAAAAAAaAaaaaAAAaaAAAAaAaaaaAaaAaaAA01":{"3":"0xCCccCccCCCccCCccCcCCcCcCCcCCcCCCCCcccc02: 5 wei + 100000 gas × 2000000000 wei"}},"queued":{"0xaaaAAAAAAaAaaaaAAAaaAAAAaAaaaaAaaAaaAA01":{"9":"0xCCccCccCCCccCCccCcCCcCcCCcCCcCCCCCcccc02: 5 wei + 100000 gas × 0 wei"}}}}
