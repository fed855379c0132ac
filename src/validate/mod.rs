//! What Grid would refuse, said before the first request. Pure.
