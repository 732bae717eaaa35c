//! Any serializable value as a [`Value`].

use super::{Map, Value};
use core::fmt;
use serde::ser::{self, Impossible, Serialize, Serializer};
use serde_json::Number;

/// Makes a value of whatever can be serialized.
///
/// # Errors
/// Names what JSON cannot hold: a key that is no string, a number that is not finite.
pub fn to_value(value: &(impl Serialize + ?Sized)) -> Result<Value, serde_json::Error> {
    value.serialize(Writer)
}

type Done = Result<Value, serde_json::Error>;

fn refused(what: impl fmt::Display) -> serde_json::Error {
    ser::Error::custom(what)
}

/// An object of one field: how a variant that holds something is written.
fn tagged(variant: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(variant.to_owned(), value)]))
}

struct Writer;

impl Serializer for Writer {
    type Ok = Value;
    type Error = serde_json::Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    fn serialize_bool(self, value: bool) -> Done {
        Ok(Value::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Done {
        Ok(Value::Number(value.into()))
    }

    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Done {
        Ok(Value::Number(value.into()))
    }

    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Done {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| refused("a number that is not finite"))
    }

    fn serialize_char(self, value: char) -> Done {
        Ok(Value::String(value.into()))
    }

    fn serialize_str(self, value: &str) -> Done {
        Ok(Value::String(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Done {
        Ok(value.iter().map(|&byte| u16::from(byte)).collect())
    }

    fn serialize_none(self) -> Done {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        Ok(tagged(variant, value.serialize(self)?))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items, Self::Error> {
        Ok(Items { variant: None, items: Vec::with_capacity(len.unwrap_or(0)) })
    }

    fn serialize_tuple(self, len: usize) -> Result<Items, Self::Error> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items, Self::Error> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Items, Self::Error> {
        Ok(Items { variant: Some(variant), items: Vec::with_capacity(len) })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Fields, Self::Error> {
        Ok(Fields { variant: None, key: None, fields: Map::with_capacity(len.unwrap_or(0)) })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Fields, Self::Error> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Fields, Self::Error> {
        Ok(Fields { variant: Some(variant), key: None, fields: Map::with_capacity(len) })
    }
}

/// A list that is being made.
struct Items {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

macro_rules! items {
    ($($trait:ident, $method:ident;)+) => {$(
        impl ser::$trait for Items {
            type Ok = Value;
            type Error = serde_json::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Self::Error> {
                self.items.push(value.serialize(Writer)?);
                Ok(())
            }

            fn end(self) -> Done {
                let list = Value::Array(self.items);
                Ok(match self.variant {
                    Some(variant) => tagged(variant, list),
                    None => list,
                })
            }
        }
    )+};
}

items! {
    SerializeSeq, serialize_element;
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field;
}

/// An object that is being made.
struct Fields {
    variant: Option<&'static str>,
    key: Option<String>,
    fields: Map,
}

impl Fields {
    fn done(self) -> Done {
        let object = Value::Object(self.fields);
        Ok(match self.variant {
            Some(variant) => tagged(variant, object),
            None => object,
        })
    }
}

impl ser::SerializeMap for Fields {
    type Ok = Value;
    type Error = serde_json::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Self::Error> {
        self.key = Some(key.serialize(Key)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Self::Error> {
        let key = self.key.take().ok_or_else(|| refused("a value without a key"))?;
        self.fields.insert(key, value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Done {
        self.done()
    }
}

macro_rules! fields {
    ($($trait:ident),+) => {$(
        impl ser::$trait for Fields {
            type Ok = Value;
            type Error = serde_json::Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Self::Error> {
                self.fields.insert(key.to_owned(), value.serialize(Writer)?);
                Ok(())
            }

            fn end(self) -> Done {
                self.done()
            }
        }
    )+};
}

fields!(SerializeStruct, SerializeStructVariant);

/// The key of a field, which is a string.
struct Key;

macro_rules! no_key {
    ($($method:ident $type:ty;)+) => {$(
        fn $method(self, _: $type) -> Result<String, Self::Error> {
            Err(refused("a key that is no string"))
        }
    )+};
}

impl Serializer for Key {
    type Ok = String;
    type Error = serde_json::Error;
    type SerializeSeq = Impossible<String, Self::Error>;
    type SerializeTuple = Impossible<String, Self::Error>;
    type SerializeTupleStruct = Impossible<String, Self::Error>;
    type SerializeTupleVariant = Impossible<String, Self::Error>;
    type SerializeMap = Impossible<String, Self::Error>;
    type SerializeStruct = Impossible<String, Self::Error>;
    type SerializeStructVariant = Impossible<String, Self::Error>;

    no_key! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_f32 f32;
        serialize_f64 f64;
        serialize_char char;
        serialize_bytes &[u8];
        serialize_unit_struct &'static str;
    }

    fn serialize_str(self, value: &str) -> Result<String, Self::Error> {
        Ok(value.to_owned())
    }

    fn serialize_none(self) -> Result<String, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_unit(self) -> Result<String, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<String, Self::Error> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, Self::Error> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<String, Self::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, Self::Error> {
        Err(refused("a key that is no string"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Self::Error> {
        Err(refused("a key that is no string"))
    }
}
