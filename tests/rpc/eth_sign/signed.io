// EIP-191, version 0x45.
>> {"jsonrpc":"2.0","id":1,"method":"eth_sign","params":["0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826","0x68656c6c6f"]}
<< {"jsonrpc":"2.0","id":1,"result":"0x2452a50a1b27db559e685e82ef59445ff08ca6843b5089aa1c32a70db206d47d693e5ae94daffccbbf590c5d2a72ad5706994748d2c8d3a8b39355589e16e8751c"}
