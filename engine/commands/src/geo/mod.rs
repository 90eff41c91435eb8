//! Commands on places on the earth.
