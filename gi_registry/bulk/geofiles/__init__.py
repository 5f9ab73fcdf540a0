"""The program that opens a geographic file: a process of its own with little memory, little time, no files and no secrets.

It reads GeoJSON, KML and KMZ, zipped Shapefiles and GeoPackage with nothing but the standard library: no network, no temporary file, no
plug-in of a driver that follows a link. Bytes on standard input, wishes as JSON in the first argument, one JSON object on standard output.
It knows nothing of the registry; what it refuses it says as a word, which ``bulk.rules.geofile`` turns into a sentence.

A *layer* is a table of features: a .shp with its companions, a .kml, a .geojson, a table of a .gpkg.
"""
