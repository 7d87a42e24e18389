namespace TinyStore.Yjs;

internal static class Unbuilt
{
    public static InvalidOperationException Yet => new("not built yet on this branch");
}
