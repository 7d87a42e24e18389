namespace TinyStore.Yjs;

/// <summary>A map changed.</summary>
public sealed class YMapEvent : YEvent
{
    internal YMapEvent(YType target, YTransaction transaction, int ordinal)
        : base(target, transaction, ordinal)
    {
    }
}
