using TinyStore.Yjs;

namespace TinyStore.Crdt;

/// <summary>
/// Cells as TinyBase keeps them in a document: null, booleans, numbers and strings as they are, objects and arrays as a string
/// of U+FFFD and their JSON text.
/// </summary>
internal static class CellCodec
{
    public static YValue Encode(CellValue cell)
    {
        if (cell.TryGetDouble(out var number))
        {
            return number;
        }
        if (cell.TryGetString(out var text) || cell.TryGetEncoded(out text))
        {
            return text;
        }
        return cell.TryGetBoolean(out var boolean) ? boolean : YValue.Null;
    }

    /// <returns>False for what no store can hold: bytes, bigints, undefined, shared types, JSON that is not a string, numbers
    /// that are not finite, and the strings that TinyBase reserves.</returns>
    public static bool TryDecode(in YValue value, out CellValue cell, TextPool? texts = null)
    {
        switch (value.Kind)
        {
            case YValueKind.Number:
                value.TryGetDouble(out var number);
                cell = number;
                return double.IsFinite(number);
            case YValueKind.String:
                value.TryGetString(out var text);
                return CellValue.TryFromEncoded(texts?.Share(text!) ?? text!, out cell);
            case YValueKind.Boolean:
                value.TryGetBoolean(out var boolean);
                cell = boolean;
                return true;
            case YValueKind.Null:
                cell = CellValue.Null;
                return true;
            default:
                cell = default;
                return false;
        }
    }

    /// <summary>What stands there instead of a cell, for an error message.</summary>
    public static string Describe(in YValue value) => value.Kind switch
    {
        YValueKind.Type => $"a shared {value.AsType!.Kind}",
        YValueKind.Number => "a number that is not finite",
        YValueKind.String => "a string that TinyBase reserves",
        YValueKind.Binary => "bytes",
        YValueKind.BigInt => "a bigint",
        YValueKind.Object or YValueKind.Array => "JSON that is not encoded as a string",
        YValueKind.Doc => "a subdocument",
        _ => "undefined",
    };
}
