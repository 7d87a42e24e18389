using System.Globalization;
using System.Text;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

/// <summary>Values as JavaScript turns them into text where Yjs builds XML.</summary>
internal static class JsText
{
    public static string Of(in YValue value)
    {
        switch (value.Kind)
        {
            case YValueKind.String:
                return value.ToString();
            case YValueKind.Undefined:
                return "undefined";
            case YValueKind.Number:
                value.TryGetDouble(out var number);
                return OfNumber(number);
            case YValueKind.BigInt:
                value.TryGetBigInt(out var integer);
                return integer.ToString(CultureInfo.InvariantCulture);
            case YValueKind.Binary:
                value.TryGetBinary(out var bytes);
                return string.Join(',', bytes.ToArray());
            case YValueKind.Array:
                value.TryGetItems(out var items);
                return string.Join(',', items!.Select(item => item.Kind is YValueKind.Null or YValueKind.Undefined ? "" : Of(item)));
            case YValueKind.Object or YValueKind.Doc:
                return "[object Object]";
            case YValueKind.Type:
                return value.AsType is YText or YXmlFragment ? value.AsType.ToString()! : "[object Object]";
            default:
                return value.ToJson(); // null, true, false
        }
    }

    /// <summary>What a loop over the properties of a value meets.</summary>
    public static IEnumerable<KeyValuePair<string, YValue>> PropertiesOf(YValue value)
    {
        if (value.TryGetProperties(out var properties))
        {
            return properties;
        }

        if (value.TryGetItems(out var items))
        {
            return items.Select((item, index) => KeyValuePair.Create(index.ToString(CultureInfo.InvariantCulture), item));
        }

        return value.TryGetString(out var text)
            ? text.Select((character, index) => KeyValuePair.Create(index.ToString(CultureInfo.InvariantCulture), (YValue)character.ToString()))
            : [];
    }

    private static string OfNumber(double number)
    {
        var output = new StringBuilder();
        JsNumber.Append(output, number);
        return output.ToString();
    }
}
