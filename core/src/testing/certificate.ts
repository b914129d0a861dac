// A certificate for client.example, other.example and localhost, for a hundred years. Nothing but tests trusts it, so its key is no secret.

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBwjCCAWigAwIBAgIUAwiKCMcFub6Nb+cDn5nSHN+1BVQwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMVHJvdXBlIHRlc3RzMCAXDTI2MTEyNTEwMDA0NVoYDzIxMjYx
MTAxMTAwMDQ1WjAXMRUwEwYDVQQDDAxUcm91cGUgdGVzdHMwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAT/OsWPqityzagA6b+OyaJ1S6VMLfZLRxLUXqJm644A/fLj
fsFfVFe6TGieHFhuYomgVivxwmAy6Mg9qAJw4Yzpo4GPMIGMMB0GA1UdDgQWBBSr
40Mf2Pk/ianKjrbFbzxR8hwe3TAfBgNVHSMEGDAWgBSr40Mf2Pk/ianKjrbFbzxR
8hwe3TAPBgNVHRMBAf8EBTADAQH/MDkGA1UdEQQyMDCCDmNsaWVudC5leGFtcGxl
gg1vdGhlci5leGFtcGxlgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSAAw
RQIgCPeCbPbYpTDy7rS0jDBiL3wsN8WlNmMFSUqBkwT83doCIQD4qj0CBQINnOH7
JeLDCa9+yO4LzFFgBqiS4h6xbRc7vw==
-----END CERTIFICATE-----
`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpOeM8zMq8HmxDA8o
lBuXTiLj7RI0IG2F9rbs7zJqCf6hRANCAAT/OsWPqityzagA6b+OyaJ1S6VMLfZL
RxLUXqJm644A/fLjfsFfVFe6TGieHFhuYomgVivxwmAy6Mg9qAJw4Yzp
-----END PRIVATE KEY-----
`;
