namespace TinyStore.Crdt;

/// <summary>
/// Lets short equal texts that are read close after each other be one object: a column of few different words is common, and
/// the document makes a new string at each reading.
/// </summary>
internal sealed class TextPool
{
    private const int Slots = 256;
    private const int MaxLength = 32;

    private readonly string?[] _texts = new string?[Slots];

    public string Share(string text)
    {
        if (text.Length > MaxLength)
        {
            return text;
        }
        ref var held = ref _texts[text.GetHashCode() & (Slots - 1)];
        if (held != text)
        {
            held = text;
        }
        return held;
    }
}
