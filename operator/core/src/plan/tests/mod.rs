//! The planner in tables: a world that is well, what is changed in it, and the plan as a person would read it.

mod birth;
mod byway;
mod cluster;
mod fixture;
mod handover;
mod objects;
mod replication;
mod roll;
mod small;
mod spread;
mod under_way;
mod waits;
