// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// A wallet that is a contract (EIP-1271): what its owner signed, it has signed.
contract Wallet {
  address public owner;

  constructor(address first) {
    owner = first;
  }

  function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
    if (signature.length != 65) return 0xffffffff;
    address signer = ecrecover(hash, uint8(signature[64]), bytes32(signature[0:32]), bytes32(signature[32:64]));
    return signer != address(0) && signer == owner ? this.isValidSignature.selector : bytes4(0xffffffff);
  }
}
