// Nonce, gas and fees are filled in.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{"from":"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826","to":"0xcccccccccccccccccccccccccccccccccccccc02"}]}
<< {"jsonrpc":"2.0","id":1,"result":"0xd841bc8ffe49df0f44c93cc1e18bd5e61b83700d79b37ce63e7976190b8abf46"}
