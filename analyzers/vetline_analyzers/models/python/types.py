"""Types, and the fields of forms, models and command lines, whose values are free of text that somebody chose."""

from __future__ import annotations

from vetline_analyzers.flow.model import Model

_PLAIN = (
    *("int", "float", "bool", "complex", "Decimal", "Fraction", "None"),
    *("date", "datetime", "time", "timedelta", "Literal"),
    *("UUID", "UUID1", "UUID3", "UUID4", "UUID5", "UUID6", "UUID7"),
    *("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPvAnyAddress"),
)
_ENUMERATIONS = (
    *("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"),
    *("TextChoices", "IntegerChoices"),
)
_PYDANTIC = (
    *("conint", "confloat", "condecimal", "condate", "StrictInt", "StrictFloat", "StrictBool"),
    *("PositiveInt", "NegativeInt", "NonNegativeInt", "NonPositiveInt", "FiniteFloat"),
    *("PositiveFloat", "NegativeFloat", "NonNegativeFloat", "NonPositiveFloat", "ByteSize"),
    *("PastDate", "FutureDate", "PastDatetime", "FutureDatetime", "AwareDatetime", "NaiveDatetime"),
)
_FIELDS = (
    # Django, Django REST framework, WTForms
    *("IntegerField", "FloatField", "DecimalField", "BooleanField", "NullBooleanField"),
    *("BigIntegerField", "SmallIntegerField", "PositiveIntegerField", "AutoField", "BigAutoField"),
    *("DateField", "DateTimeField", "TimeField", "DurationField", "SplitDateTimeField"),
    *("DateTimeLocalField", "MonthField", "IntegerRangeField", "DecimalRangeField"),
    *("UUIDField", "SlugField", "GenericIPAddressField", "IPAddressField"),
    *("ChoiceField", "MultipleChoiceField", "TypedChoiceField", "TypedMultipleChoiceField"),
    *("SelectField", "SelectMultipleField", "RadioField"),
    # marshmallow
    *("Int", "Integer", "Float", "Boolean", "DateTime", "OneOf", "AnyOf"),
    # click
    *("Choice", "IntRange", "FloatRange", "INT", "FLOAT", "BOOL"),
)

MODEL = Model(
    closed=(*_PLAIN, *_ENUMERATIONS, *_PYDANTIC, *_FIELDS),
    checks={
        "BaseModel": (
            "",
            "model_validate()",
            "model_validate_json()",
            "parse_obj()",
            "parse_raw()",
        ),
        "SQLModel": ("model_validate()", "parse_obj()"),
        "BaseForm": ("cleaned_data", "*.data"),
        "Form": ("cleaned_data", "*.data"),
        "ModelForm": ("cleaned_data",),
        "FlaskForm": ("*.data",),
        "Serializer": ("validated_data",),
        "ModelSerializer": ("validated_data",),
        "HyperlinkedModelSerializer": ("validated_data",),
        "Schema": ("load()[]", "loads()[]"),
    },
    converters={
        "msgspec.json.decode": "type",
        "msgspec.msgpack.decode": "type",
        "msgspec.convert": 1,
        "cattrs.structure": 1,
        "dacite.from_dict": 0,
    },
)
